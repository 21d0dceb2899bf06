// Dark or light: the system's choice until the person makes one.
export const THEMES = ['system', 'dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];
const STORED = 'gad.theme';

class ThemeChoice {
  value = $state<Theme>('system');

  restore() {
    this.choose(THEMES.find((theme) => theme === localStorage.getItem(STORED)) ?? 'system');
  }

  choose(theme: Theme) {
    this.value = theme;
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    localStorage.setItem(STORED, theme);
  }

  toggle() {
    const dark =
      this.value === 'dark' ||
      (this.value === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
    this.choose(dark ? 'light' : 'dark');
  }
}

export const theme = new ThemeChoice();
