// The notices that every candidate is told to read.
const notices = [
  "请避开首日和末日高峰，使用 Chrome 或 Firefox 浏览器。",
  "证件照须清晰，不低于 300 dpi，每张小于 1 MB。",
  "资格审核通过后请在 7 天内缴费，逾期视为自动放弃。",
];
const list = document.getElementById("notices");
for (const text of notices) {
  const item = document.createElement("li");
  item.textContent = text;
  list.append(item);
}
