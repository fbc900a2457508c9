/** A translated text that the page carries for scripts, from `<template id="words" data-…>` in the base page. */
export function word(name: string, values: Record<string, string> = {}): string {
  const text = document.getElementById("words")?.dataset[name] ?? "";
  return Object.entries(values).reduce((sofar, [key, value]) => sofar.replace(`{${key}}`, value), text);
}
