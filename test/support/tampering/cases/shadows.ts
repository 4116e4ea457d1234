import type { EmbeddedDatabase } from '../databases/embedded.ts'
import type { SealedLog } from '../sealed-log.ts'
import type { TamperingCases } from './case.ts'

const set = (change: string) => async (log: SealedLog) =>
  (log.raw as EmbeddedDatabase).sql(
    `UPDATE events SET ${change} WHERE version = 2 AND stream = (SELECT id FROM streams WHERE name = 'meter:1')`,
  )

const notAsWritten = (log: SealedLog): readonly string[] => [`notAsWritten meter:1@2 #${log.blockOf('meter:1', 2)}`]

const shadow = (change: string) => ({ tamper: set(change), finds: notAsWritten, on: ['embedded'] as const })

/** What other programs see in a row, and Tidemark does not: its event has the leaf that was sealed. */
export const shadowCases: TamperingCases = {
  'a member is there twice, of which SQLite reads the first': shadow(
    `data = replace(data, '{"reading":100', '{"reading":900,"reading":100')`,
  ),
  'a number is written as 100.0': shadow(`data = replace(data, '100', '100.0')`),
  'a column of an index names another time': shadow('latest = latest + 1'),
  'a column says that more events belong to the append': {
    ...shadow('remaining = 5'),
    finds: (log) => [`notAsWritten meter:1@3 #${log.blockOf('meter:1', 3)}`],
  },
  'white space is added': shadow(`data = replace(data, ':', ': ')`),
  'metadata repeat the time': shadow(
    `metadata = replace(metadata, '}', ',"recordedAt":"' || strftime('%Y-%m-%dT%H:%M:%fZ', recorded_at / 1000.0, 'unixepoch') || '"}')`,
  ),
  'a trigger changes what is written': {
    tamper: async (log) => {
      const { raw } = log
      const trigger = 'CREATE TRIGGER t AFTER INSERT ON events BEGIN SELECT 1; END'
      ;(raw as EmbeddedDatabase).run(trigger)
    },
    finds: () => ['notAsWritten'],
    on: ['embedded'],
  },
  'a field is added that only others read': {
    tamper: ({ raw }) => raw.change(['meter:1', 2], () => ({ shown: 900 })),
    finds: notAsWritten,
    on: ['mongo'],
  },
}

/** What is stored for an event and is no event, or has no leaf because it is not JSON. */
export const damageCases: TamperingCases = {
  'a number does not survive': {
    tamper: set(`data = '{"reading":9007199254740993}'`),
    finds: notAsWritten,
    on: ['embedded'],
  },
  'a text is half a character': {
    tamper: set(`data = '{"reading":"\\ud800"}'`),
    finds: (log) => [`notJson meter:1@2 #${log.blockOf('meter:1', 2)}`],
    on: ['embedded'],
  },
  'data are nested ten thousand levels deep': {
    tamper: set(`data = '{"reading":${'['.repeat(10_000)}${']'.repeat(10_000)}}'`),
    finds: notAsWritten,
    on: ['embedded'],
  },
  'a row cannot be read': {
    tamper: set(`data = '{"reading":'`),
    finds: notAsWritten,
    on: ['embedded'],
  },
  'a number is NaN': {
    tamper: ({ raw }) => raw.change(['meter:1', 2], () => ({ eventData: { reading: Number.NaN } })),
    finds: (log) => [`notJson meter:1@2 #${log.blockOf('meter:1', 2)}`],
    on: ['mongo'],
  },
  'a date is stored': {
    tamper: ({ raw }) => raw.change(['meter:1', 2], () => ({ eventData: { reading: new Date(0) } })),
    finds: (log) => [`notJson meter:1@2 #${log.blockOf('meter:1', 2)}`],
    on: ['mongo'],
  },
}
