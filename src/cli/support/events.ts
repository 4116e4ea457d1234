import type { EventDocument } from '../../core/port/event-document.ts'
import { visibleText } from '../../process/visible-text.ts'
import { jsonLine, type Output } from './output.ts'
import { cut } from './table.ts'

/**
 * An event as a line for people: when, where, what.
 *
 * @param place where it lies besides
 */
export function eventLine(event: EventDocument, { isTerminal, width }: Output, place?: string): string {
  const { stream, eventType, eventData, metadata } = event
  const parts = [metadata.recordedAt, place, `${stream.id}@${stream.version}`, eventType, jsonLine(eventData)]
  const line = visibleText(parts.filter((part) => part !== undefined).join('  '))
  return isTerminal ? cut(line, width) : line
}
