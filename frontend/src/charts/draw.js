// Draws every <figure data-chart="kind"> from the JSON inside it, and again when the theme changes.
import * as echarts from "echarts/core";
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { trend } from "./trend.js";
import { bars } from "./bars.js";
import { colours, isStill } from "./theme.js";

echarts.use([
  LineChart, BarChart, CustomChart, GridComponent, TooltipComponent,
  AriaComponent, SVGRenderer,
]);

const KINDS = { trend, bars };

export function draw(figure) {
  const area = figure.querySelector(".chart-area");
  const data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const chart = echarts.init(area, null, { renderer: "svg", locale: data.locale });
  const paint = () => {
    const option = KINDS[figure.dataset.chart](data, colours());
    chart.setOption({ animation: !isStill(), aria: { enabled: true, label: { description: data.description } }, ...option }, true);
  };
  paint();
  figure.dataset.drawn = "yes";
  new ResizeObserver(() => chart.resize()).observe(area);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
}
