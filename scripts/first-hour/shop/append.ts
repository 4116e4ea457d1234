// node append.ts <order> <quantity>: one more item for an order, which is placed if it is new.
import { repository } from 'tidemark'
import { openEmbedded } from 'tidemark/embedded'
import { add, order, place } from './orders.ts'

const [id = '', quantity = '1'] = process.argv.slice(2)
const storage = await openEmbedded('./data')
const orders = repository(storage, order)
await orders.execute(id, place('Ada'))
const { state } = await orders.execute(id, add('tea', Number(quantity), 2.5))
console.log(JSON.stringify(state))
await storage.close()
