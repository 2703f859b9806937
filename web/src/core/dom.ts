/** All elements that match, the root itself included. */
export function all<E extends HTMLElement = HTMLElement>(selector: string, root: ParentNode = document): E[] {
  const found = [...root.querySelectorAll<E>(selector)]
  if (root instanceof HTMLElement && root.matches(selector)) found.unshift(root as unknown as E)
  return found
}

export function one<E extends HTMLElement = HTMLElement>(selector: string, root: ParentNode = document): E | null {
  return root.querySelector<E>(selector)
}

/** Listen on the document for events of elements that match: works for whatever is swapped in later. */
export function on<K extends keyof DocumentEventMap>(
  event: K,
  selector: string,
  handle: (element: HTMLElement, event: DocumentEventMap[K]) => void,
): void {
  document.addEventListener(event, (happened) => {
    const target = happened.target
    const found = target instanceof Element ? target.closest<HTMLElement>(selector) : null
    if (found) handle(found, happened)
  })
}

type Attributes = Record<string, string>

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

const prepared: ((root: HTMLElement) => void)[] = []

/** Run for the page now, and for every fragment that is swapped in later. */
export function prepare(what: (root: HTMLElement) => void): void {
  prepared.push(what)
  if (document.readyState !== 'loading') what(document.body)
  else document.addEventListener('DOMContentLoaded', () => what(document.body))
}

export function prepareAll(root: HTMLElement): void {
  for (const what of prepared) what(root)
}

/** Tell those who cannot see what changed. */
export function say(words: string): void {
  const place = one('[data-said]')
  if (place) place.textContent = words
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'file'].includes(target.type)
}
