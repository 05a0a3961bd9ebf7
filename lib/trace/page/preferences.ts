import { byId } from './dom.js'

const themes = ['auto', 'light', 'dark'] as const

/** A choice that outlives the page, where the browser lets it. */
function remember(name: string, value?: string): string | undefined {
  try {
    if (value !== undefined) localStorage.setItem(name, value)
    return localStorage.getItem(name) ?? undefined
  } catch {
    return value
  }
}

/** Light or dark as the system has it, until the button says otherwise. */
export function setUpTheme(): void {
  const button = byId('theme', HTMLButtonElement)
  let theme = themes.find((each) => each === remember('brood-theme')) ?? 'auto'
  const show = () => {
    document.documentElement.dataset['theme'] = theme
    button.textContent = `Theme: ${theme}`
  }
  button.addEventListener('click', () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto'
    remember('brood-theme', theme)
    show()
  })
  show()
}

/** Keys that are single characters disturb those who speak to their browser: they can be turned off. */
export function setUpShortcuts(): { readonly areOn: () => boolean } {
  const box = byId('shortcuts', HTMLInputElement)
  box.checked = remember('brood-shortcuts') !== 'off'
  box.addEventListener('change', () => remember('brood-shortcuts', box.checked ? 'on' : 'off'))
  return { areOn: () => box.checked }
}
