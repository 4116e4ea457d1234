import { computed, signal } from '@preact/signals'

/** `system` follows the operating system's setting. */
export type Theme = 'system' | 'light' | 'dark'

const STORED = 'tidemark-theme'

export const theme = signal<Theme>(stored())

const darkSystem = matchMedia('(prefers-color-scheme: dark)')
const systemTheme = signal<'light' | 'dark'>(darkSystem.matches ? 'dark' : 'light')

/** What `system` comes to. */
export const shownTheme = computed(() => (theme.value === 'system' ? systemTheme.value : theme.value))

/** Shows the page in the theme that was chosen, and remembers every choice. */
export function startTheme(): void {
  theme.subscribe((chosen) => {
    if (chosen === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = chosen
    remember(chosen)
  })
  darkSystem.addEventListener('change', ({ matches }) => {
    systemTheme.value = matches ? 'dark' : 'light'
  })
}

export function chooseNextTheme(): void {
  const order: readonly Theme[] = ['system', 'light', 'dark']
  theme.value = order[(order.indexOf(theme.value) + 1) % order.length] ?? 'system'
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(STORED)
    return value === 'light' || value === 'dark' ? value : 'system'
  } catch {
    return 'system'
  }
}

function remember(chosen: Theme): void {
  try {
    if (chosen === 'system') localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, chosen)
  } catch {
    // The browser keeps nothing for this page: the choice lasts as long as the page does.
  }
}
