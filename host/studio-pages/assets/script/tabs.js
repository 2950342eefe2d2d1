// Tabs: arrow keys go from one to the next, and the address remembers which is open.

import { by } from "./dom.js";

/** Starts the tabs of the page; `opened(name)` is told which one is seen. */
export function startTabs(opened = () => {}) {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const show = (tab, isAsked) => {
    for (const other of tabs) {
      const isOpen = other === tab;
      other.setAttribute("aria-selected", String(isOpen));
      other.tabIndex = isOpen ? 0 : -1;
      by(other.getAttribute("aria-controls")).hidden = !isOpen;
    }
    const name = tab.id.replace("tab-", "");
    if (isAsked) history.replaceState(null, "", `#${name}`);
    opened(name);
  };
  tabs.forEach((tab, place) => {
    tab.addEventListener("click", () => show(tab, true));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const to = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : step && (place + step + tabs.length) % tabs.length;
      if (to === undefined) return;
      event.preventDefault();
      tabs[to].focus();
      show(tabs[to], true);
    });
  });
  const remembered = () => tabs.find((tab) => tab.id === `tab-${location.hash.slice(1)}`);
  addEventListener("hashchange", () => remembered() && show(remembered(), false));
  show(remembered() ?? tabs[0], false);
  return (name) => show(by(`tab-${name}`), true);
}
