// One value per name with its interval and the benchmark as a tick.
export function bars(data, colour) {
  const percent = new Intl.NumberFormat(data.language, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 2 });
  const label = { color: colour.muted, fontSize: 12 };
  return {
    textStyle: { fontFamily: colour.font, color: colour.text },
    grid: { left: 8, right: 16, top: 8, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, backgroundColor: colour.card, borderColor: colour.line, textStyle: { color: colour.text, fontSize: 12 }, confine: true,
      formatter: (points) => data.tips[points[0].dataIndex].join("<br>") },
    yAxis: { type: "category", inverse: true, data: data.labels, axisLine: { lineStyle: { color: colour.line } }, axisTick: { show: false }, axisLabel: label },
    xAxis: { type: "value", min: 0, axisLabel: { ...label, formatter: (value) => percent.format(value) }, splitLine: { lineStyle: { color: colour.line } } },
    series: [
      { type: "bar", data: data.own, barMaxWidth: 18, itemStyle: { color: colour.own } },
      { type: "custom", z: 5, data: data.rows, silent: true, encode: { x: [1, 2, 3], y: 0 },
        renderItem: (params, api) => {
          const [, y] = api.coord([0, api.value(0)]);
          const at = (value) => api.coord([value, api.value(0)])[0];
          const children = [];
          if (!Number.isNaN(api.value(1))) children.push({ type: "line", shape: { x1: at(api.value(1)), x2: at(api.value(2)), y1: y, y2: y }, style: { stroke: colour.text, lineWidth: 1.5 } });
          if (!Number.isNaN(api.value(3))) {
            const shape = { x1: at(api.value(3)), x2: at(api.value(3)), y1: y - 13, y2: y + 13 };
            children.push({ type: "line", shape, style: { stroke: colour.card, lineWidth: 6 } });
            children.push({ type: "line", shape, style: { stroke: colour.benchmark, lineWidth: 3 } });
          }
          return { type: "group", children };
        } },
    ],
  };
}
