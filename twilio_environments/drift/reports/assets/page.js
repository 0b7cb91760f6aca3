"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const search = document.getElementById("search");
  const rows = all("details.row");
  const causes = all("section.cause");
  const boxes = all("input[data-filter]");
  const shownCount = document.getElementById("shown");
  const nothing = document.getElementById("nothing");
  const help = document.getElementById("help");
  document.documentElement.classList.add("scripted");

  // -- filters --------------------------------------------------------------------------------------------------
  const chosen = (filter) => new Set(boxes.filter((box) => box.dataset.filter === filter && box.checked).map((box) => box.value));
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  function filter() {
    const levels = chosen("level");
    const kinds = chosen("kind");
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const text = texts.get(row);
      row.hidden = !(levels.has(row.dataset.level) && kinds.has(row.dataset.kind) && words.every((word) => text.includes(word)));
      count += row.hidden ? 0 : 1;
    }
    for (const cause of causes) cause.hidden = all("details.row:not([hidden])", cause).length === 0;
    shownCount.textContent = count === rows.length ? `${rows.length} findings` : `${count} of ${rows.length} findings`;
    nothing.hidden = count > 0;
  }

  function reset() {
    search.value = "";
    for (const box of boxes) box.checked = true;
    filter();
  }

  if (search) {
    search.addEventListener("input", filter);
    for (const box of boxes) box.addEventListener("change", filter);
    for (const button of all("[data-reset]")) button.addEventListener("click", reset);
  }

  // -- moving about ---------------------------------------------------------------------------------------------
  const visible = () => rows.filter((row) => !row.hidden);

  function move(step) {
    const shown = visible();
    if (!shown.length) return;
    const at = shown.findIndex((row) => row.contains(document.activeElement));
    const next = at < 0 ? (step > 0 ? 0 : shown.length - 1) : Math.min(Math.max(at + step, 0), shown.length - 1);
    const summary = shown[next].querySelector("summary");
    summary.focus();
    summary.scrollIntoView({ block: "nearest" });
  }

  function toggleAll() {
    const shown = visible();
    const open = shown.some((row) => !row.open);
    for (const row of shown) row.open = open;
  }

  function toggleLevel(level) {
    const box = boxes.find((one) => one.dataset.filter === "level" && one.value === level);
    if (box) box.click();
  }

  function reveal() {
    const row = document.getElementById(location.hash.slice(1));
    if (!row || !rows.includes(row)) return;
    if (row.hidden) reset();
    row.open = true;
    row.querySelector("summary").focus();
    row.scrollIntoView({ block: "start" });
  }
  window.addEventListener("hashchange", reveal);
  for (const link of all('a[href^="#row-"]')) link.addEventListener("click", () => link.hash === location.hash && reveal());
  reveal();

  for (const button of all("[data-help]")) button.addEventListener("click", () => help.showModal());
  for (const button of all("[data-toggle-all]")) button.addEventListener("click", toggleAll);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === "Escape" && search) {
      reset();
      search.blur();
    }
    if (event.target instanceof HTMLInputElement && event.target.type === "search") return;
    const levels = { 1: "security", 2: "behaviour", 3: "cosmetic" };
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "e") toggleAll();
    else if (event.key === "?") help.showModal();
    else if (event.key === "/" && search) search.focus();
    else if (levels[event.key]) toggleLevel(levels[event.key]);
    else return;
    event.preventDefault();
  });

  // -- copying --------------------------------------------------------------------------------------------------
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page that is opened as a file may not be allowed to: the old way asks nobody.
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }
  for (const button of all("button[data-copy]")) {
    button.addEventListener("click", async () => {
      await copy(button.closest(".typed").querySelector("code").textContent);
      button.focus();
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }

  // -- the picture: what belongs to the object under the pointer ------------------------------------------------
  const links = all("path[data-from]");
  for (const node of all("[data-node]")) {
    const mark = (on) => () => {
      node.closest("svg").classList.toggle("tracing", on);
      for (const link of links) {
        link.classList.toggle("near", on && (link.dataset.from === node.dataset.node || link.dataset.to === node.dataset.node));
      }
    };
    for (const name of ["mouseenter", "focus"]) node.addEventListener(name, mark(true));
    for (const name of ["mouseleave", "blur"]) node.addEventListener(name, mark(false));
  }

  // -- printing: everything that is shown is printed open -------------------------------------------------------
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = all("details").filter((one) => !one.open);
    for (const one of closed) one.open = true;
  });
  window.addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
})();
