import type { Explorer, Settings } from './store';

const KEY = 'limpid.theme';
const THEMES: readonly Settings['theme'][] = ['system', 'light', 'dark'];

/** Follows the settings and the system; what is printed is light. */
export function followTheme(explorer: Explorer): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const print = matchMedia('print');
  const remembered = THEMES.find((t) => t === localStorage.getItem(KEY));
  if (remembered) explorer.set({ settings: { ...explorer.state.settings, theme: remembered } });
  const apply = () => {
    const { theme } = explorer.state.settings;
    const resolved = print.matches ? 'light' : theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
    if (document.body.dataset.theme !== resolved) document.body.dataset.theme = resolved;
    if (explorer.state.theme !== resolved) explorer.set({ theme: resolved });
  };
  dark.addEventListener('change', apply);
  print.addEventListener('change', apply);
  explorer.subscribe(() => {
    const { theme } = explorer.state.settings;
    if (theme !== (localStorage.getItem(KEY) ?? 'system')) localStorage.setItem(KEY, theme);
    apply();
  });
  apply();
}
