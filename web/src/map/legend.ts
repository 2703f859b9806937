// What a legend says: values under one sign. Kept apart from the engine, so that the list twin can show it too.
import type { Layer, Mark, Part } from './catalogue'
import { TURNS } from './symbols'

export interface Group {
  label: string
  shape: string
  colour: string
  marks: Mark[]
}

/** The legend's groups in their order; each gets a shape of its own where the marks have but one for all. */
export function groupsOf(part: Part): Group[] {
  const groups = new Map<string, Group>()
  const single = new Set(part.legend.map((mark) => mark.shape)).size === 1 && part.legend[0]?.shape === 'circle'
  for (const mark of part.legend) {
    const label = mark.group || mark.label || String(mark.value)
    const found = groups.get(label) ?? { label, shape: mark.shape, colour: mark.colour, marks: [] }
    if (found.marks.length === 0 && single) found.shape = TURNS[groups.size % TURNS.length] ?? 'circle'
    found.marks.push(mark)
    groups.set(label, found)
  }
  return [...groups.values()]
}

/** The words of a filter for these groups: a group's own word where all of it is meant, else each value. */
export function wordOf(group: Group): string | null {
  const first = group.label.split(' ')[0] ?? ''
  return first && group.marks.every((mark) => String(mark.value).startsWith(first)) ? first : null
}

/** The part whose legend is shown; one without words is a ramp, which says its numbers elsewhere. */
export const legendPart = (layer: Layer): Part | null => layer.parts.find((part) => part.legend.some(({ label }) => label !== '')) ?? null
