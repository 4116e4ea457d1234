// node append.ts <order>:<quantity> …: one more item for each of these orders, which are placed if they are new.
import { repository } from 'tidemark'
import { openEmbedded } from 'tidemark/embedded'
import { add, order, place } from './orders.ts'

const storage = await openEmbedded('./data')
const orders = repository(storage, order)
for (const argument of process.argv.slice(2)) {
  const [id = '', quantity = '1'] = argument.split(':')
  await orders.execute(id, place('Ada'))
  const { state } = await orders.execute(id, add('tea', Number(quantity), 2.5))
  console.log(JSON.stringify(state))
}
await storage.close()
