// Own CTR with its interval over the benchmark: its CTR, and its p25-p75 band with the dashed median.
function band(name, low, high, colour, opacity) {
  const shared = { type: "line", symbol: "none", lineStyle: { opacity: 0 }, stack: name, silent: true, tooltip: { show: false } };
  return [
    { ...shared, name: `${name} `, data: low, stackStrategy: "all" },
    {
      ...shared, name, stackStrategy: "all",
      data: high.map((value, i) => (value === null || low[i] === null ? null : value - low[i])),
      areaStyle: { color: colour, opacity }, itemStyle: { color: colour, opacity },
    },
  ];
}

export function trend(data, colour) {
  const axis = { axisLine: { lineStyle: { color: colour.line } }, axisTick: { show: false }, axisLabel: { color: colour.muted, fontSize: 12 } };
  const percent = new Intl.NumberFormat(data.language, { style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const words = data.words;
  return {
    textStyle: { fontFamily: colour.font, color: colour.text },
    grid: { left: 8, right: 16, top: 12, bottom: 8, containLabel: true },
    tooltip: {
      trigger: "axis", backgroundColor: colour.card, borderColor: colour.line,
      textStyle: { color: colour.text, fontSize: 12 }, confine: true,
      formatter: (points) => data.tips[points[0].dataIndex].map(echartsEscape).join("<br>"),
    },
    xAxis: { type: "category", data: data.labels, boundaryGap: false, ...axis },
    yAxis: {
      type: "value", min: 0, ...axis, axisLine: { show: false },
      splitLine: { lineStyle: { color: colour.line } },
      axisLabel: { ...axis.axisLabel, formatter: (value) => percent.format(value) },
    },
    series: [
      ...band(words.band, data.p25, data.p75, colour.benchmark, 0.16),
      ...band(words.interval, data.low, data.high, colour.own, 0.18),
      { name: words.benchmark, type: "line", data: data.benchmark, symbol: "none", lineStyle: { color: colour.benchmark, width: 1.5 }, itemStyle: { color: colour.benchmark } },
      { name: words.median, type: "line", data: data.median, symbol: "none", lineStyle: { color: colour.benchmark, type: "dashed", width: 1.5 }, itemStyle: { color: colour.benchmark } },
      { name: words.own, type: "line", data: data.own, symbol: "circle", symbolSize: 6, showAllSymbol: true, lineStyle: { color: colour.own, width: 2 }, itemStyle: { color: colour.own } },
    ],
  };
}

function echartsEscape(text) {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
}
