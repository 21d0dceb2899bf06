// The address of a map style, when the installation has one; the server writes it into the page.
export const styleUrl: string =
  document.querySelector<HTMLMetaElement>('meta[name="gad-map-style"]')?.content.trim() ?? '';
