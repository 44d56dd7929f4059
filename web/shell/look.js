// What somebody chose for this browser of the page's look: before anything is painted. From when the page has started on
// web/src/settings.rs does it.
try {
  for (const what of ["theme", "density"]) {
    const chosen = localStorage.getItem(`hubbub.settings.${what}`);
    if (chosen) document.documentElement.dataset[what] = chosen;
  }
} catch {
  // A browser that keeps nothing has nothing to tell.
}
