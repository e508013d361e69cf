/** What a page owes to whoever uses it, in the words of axe's rules of the same names. */
export const audit = `(() => {
  const wrong = [];
  const shown = (element) => element.getClientRects().length > 0;
  const nameOf = (element) => element.labels?.[0]?.textContent || element.textContent || element.getAttribute("aria-label");
  // Source: WCAG 2.2, relative luminance and contrast ratio.
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) =>
    0.2126 * linear(red / 255) + 0.7152 * linear(green / 255) + 0.0722 * linear(blue / 255);
  const behind = (element) => {
    const color = element ? channels(getComputedStyle(element).backgroundColor) : [255, 255, 255];
    return color.length < 4 || color[3] > 0 ? color : behind(element.parentElement);
  };
  const contrast = (element) => {
    const both = [channels(getComputedStyle(element).color), behind(element)].map(luminance).sort((one, other) => other - one);
    return (both[0] + 0.05) / (both[1] + 0.05);
  };
  if (!document.documentElement.lang) wrong.push("html-has-lang");
  if (!document.title) wrong.push("document-title");
  if (document.querySelectorAll("h1").length !== 1) wrong.push("page-has-heading-one");
  if (document.querySelectorAll("main").length !== 1) wrong.push("landmark-one-main");
  const viewport = document.querySelector("meta[name=viewport]")?.content ?? "";
  if (/user-scalable=no|maximum-scale/.test(viewport)) wrong.push("meta-viewport");
  const ids = [...document.querySelectorAll("[id]")].filter(shown).map(({ id }) => id);
  if (new Set(ids).size !== ids.length) wrong.push("duplicate-id");
  for (const element of document.querySelectorAll("input, button, a")) {
    if (shown(element) && !nameOf(element)?.trim()) wrong.push("label " + element.outerHTML);
    if (element.tabIndex > 0) wrong.push("tabindex");
    const box = element.getBoundingClientRect();
    if (shown(element) && element.matches("input, button") && box.height < 44) wrong.push("target-size");
  }
  for (const input of document.querySelectorAll("input")) {
    if (!input.autocomplete) wrong.push("autocomplete-valid " + input.id);
    const described = input.getAttribute("aria-describedby");
    if (described && !document.getElementById(described)) wrong.push("aria-valid-attr-value");
  }
  if (document.documentElement.scrollWidth > innerWidth) wrong.push("reflow");
  for (const element of document.body.querySelectorAll("*")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    if (!hasText || !shown(element) || element.matches(":disabled, noscript, script")) continue;
    const { fontSize, fontWeight } = getComputedStyle(element);
    const isLarge = parseFloat(fontSize) >= 24 || (parseFloat(fontSize) >= 18.6 && Number(fontWeight) >= 700);
    if (contrast(element) < (isLarge ? 3 : 4.5)) wrong.push("color-contrast " + element.outerHTML);
  }
  return wrong.join("; ");
})()`;
