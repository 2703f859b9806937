// A thumb types slowly: phrases go into the text with one tap, and the first sentence is made of place and category.
import { on, one } from '../core/dom'

function insert(field: HTMLTextAreaElement, words: string): void {
  const from = field.selectionStart ?? field.value.length
  const joined = from > 0 && !/[，。；\s]$/.test(field.value.slice(0, from)) ? `，${words}` : words
  field.setRangeText(joined, from, field.selectionEnd ?? from, 'end')
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

const textOf = (button: HTMLElement) => one<HTMLTextAreaElement>('textarea', button.closest('.cl-field') ?? document)

on('click', '[data-phrase]', (button) => {
  const field = textOf(button)
  if (field) insert(field, button.dataset['phrase'] ?? '')
})
on('click', '[data-sentence]', (button) => {
  const field = textOf(button)
  const form = button.closest('form')
  if (!field || !form) return
  const value = (selector: string) => one<HTMLInputElement>(selector, form)?.value.trim() ?? ''
  const words = [value('[name="address"]'), value('[data-choice-name]')].filter(Boolean).join(' ')
  if (words) insert(field, words)
})
