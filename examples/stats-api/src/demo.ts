import { createKoaApi } from './koa-api.js'
import { createExpressApi } from './express-api.js'
import Router from '@koa/router'
const router = new Router()
router.get('/x', (ctx) => { const a: 5 = ctx.state.auth.clientId; const b: 6 = ctx.state.nonsense; ctx.body = [a,b] })
createKoaApi; createExpressApi
