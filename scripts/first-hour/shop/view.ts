// node view.ts <order>: the view of an order as readers see it now.
import { openEmbedded } from 'tidemark/embedded'
import orderTotals from './projections/order-totals.ts'

const [id = ''] = process.argv.slice(2)
const storage = await openEmbedded('./data')
console.log(JSON.stringify(await storage.views.get(orderTotals, id)))
await storage.close()
