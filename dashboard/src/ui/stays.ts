// A list in which a pointer or the focus rests stays where it is on the screen, whatever appears above it.

/** The page is scrolled by as much as the list was pushed; nothing is painted in between. */
export function stays(node: HTMLElement): () => void {
  let top = node.getBoundingClientRect().top;
  const look = () => (top = node.getBoundingClientRect().top);
  const pushed = new ResizeObserver(() => {
    const before = top;
    const by = look() - before;
    if (by === 0 || !node.matches(':hover, :focus-within')) return;
    window.scrollBy({ top: by, behavior: 'instant' });
    look();
  });
  // Whatever pushes it makes the page longer, or takes from its own panel.
  for (const one of [document.body, node.parentElement ?? node]) pushed.observe(one);
  window.addEventListener('scroll', look, { passive: true });
  return () => {
    pushed.disconnect();
    window.removeEventListener('scroll', look);
  };
}
