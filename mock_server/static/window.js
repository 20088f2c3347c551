// Shows the registration window and counts down to the opening by the portal's own clock.
const place = document.getElementById("window");

async function show() {
  const answer = await fetch("/api/window");
  if (!answer.ok) return;
  const it = await answer.json();
  const opening = new Date(it.opening);
  const closing = new Date(it.closing);
  const skewMs = new Date(it.portal_time) - Date.now();
  const format = new Intl.DateTimeFormat("zh-CN", { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Shanghai" });
  const tick = () => {
    const now = new Date(Date.now() + skewMs);
    const leftS = Math.max(0, Math.ceil((opening - now) / 1000));
    if (leftS > 0) {
      const days = Math.floor(leftS / 86400);
      const clock = new Date((leftS % 86400) * 1000).toISOString().slice(11, 19);
      place.textContent = `报名将于 ${format.format(opening)} 开始，还有 ${days ? `${days} 天 ` : ""}${clock}`;
    } else if (now < closing) {
      place.textContent = `报名进行中，截止时间：${format.format(closing)}`;
    } else {
      place.textContent = `报名已于 ${format.format(closing)} 截止，逾期不予受理`;
    }
  };
  tick();
  setInterval(tick, 1000);
}

show();
