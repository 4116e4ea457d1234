import { InvalidArgumentError } from 'commander'
import { parseEventReference } from '../../core/events/event-reference.ts'

/** Parses an argument that names an event. */
export function eventArgument(text: string): { readonly streamId: string; readonly version: number } {
  const event = parseEventReference(text)
  if (event === undefined) throw new InvalidArgumentError('Expected <stream>@<version>, such as meter:87000001:2020@7.')
  return event
}
