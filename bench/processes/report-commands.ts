// Loaded before another program (`node --import`): answers the message 'commands' with how often the MongoDB driver has
// sent each command so far. Its connection string must say `monitorCommands=true`.
import './report-cpu.ts'
import { type CommandStartedEvent, MongoClient } from 'mongodb'

const commands: Record<string, number> = {}
const { emit } = MongoClient.prototype
// The program makes its client itself, so it is looked at from below.
MongoClient.prototype.emit = function (this: MongoClient, event: string, ...args: unknown[]) {
  if (event === 'commandStarted') {
    const { commandName } = args[0] as CommandStartedEvent
    commands[commandName] = (commands[commandName] ?? 0) + 1
  }
  return Reflect.apply(emit, this, [event, ...args])
} as typeof emit

process.on('message', (message) => {
  if (message === 'commands') process.send?.({ commands })
})
