// Puts whoever was refused where he can go on by keyboard.

/** The first field within that is marked as wrong gets the focus; false when none is. */
export function focusFault(within: Element | null | undefined): boolean {
  const first = within?.querySelector<HTMLElement>('[aria-invalid=true]');
  const field = first?.querySelector('input') ?? first;
  field?.focus();
  return field != null;
}
