// The boxes on the left, by keyboard.
import { all, one } from '../core/dom'

const waits = (box: HTMLElement) => one('.cl-count:not(.cl-count--shown):not(.cl-count--late)', box) !== null

/** Go to the next box in which something waits, or simply to the next one; round at the ends. */
export function openBox(step: 1 | -1): void {
  const boxes = all<HTMLElement>('#boxes a')
  const at = boxes.findIndex((box) => box.hasAttribute('aria-current'))
  const others = boxes.map((_, index) => boxes[(at + step * (index + 1) + boxes.length * 2) % boxes.length]).filter((box) => box !== undefined)
  ;(others.find(waits) ?? others[0])?.click()
}
