import type { Auth } from '@bearward/core'
import * as bearward from '@bearward/express'
import cors from 'cors'
import type express5 from 'express'
import type { Api } from './apis.js'
import { answerWithAuth, type AppFactory, type Exchange, type Kit, type Layer } from './kit.js'

const toHandlers = (layers: readonly Layer[]) => layers as readonly express5.RequestHandler[]

/** Makes an Express app of layers. What comes to its error path is answered with 500. */
export function createExpressApp(
  express: typeof express5,
  ...[build, { trustProxy = false } = {}]: Parameters<AppFactory>
): Api {
  const errors: unknown[] = []
  let handled = 0
  const kit: Kit = {
    ...bearward,
    step: (run) => (req: express5.Request, res: express5.Response, next: express5.NextFunction) => {
      Promise.resolve(run(toExchange(req, res))).then(() => next(), next)
    },
    handler:
      (run = answerWithAuth) =>
      (req: express5.Request, res: express5.Response, next: express5.NextFunction) => {
        handled += 1
        Promise.resolve(run(toExchange(req, res))).catch(next)
      },
    parseBody: () => express.Router().use(express.urlencoded({ extended: true }), express.json()),
    cors: () => cors({ exposedHeaders: ['WWW-Authenticate'] }),
    get: (path, ...layers) => express.Router().get(path, ...toHandlers(layers)),
    mount: (path, ...layers) => express.Router().use(path, ...toHandlers(layers)),
    mountApp: (path, ...layers) => express.Router().use(path, express().use(...toHandlers(layers))),
    nestRouters: (prefix, path, ...layers) =>
      express.Router().use(prefix, express.Router().get(path, ...toHandlers(layers))),
  }
  const onError: express5.ErrorRequestHandler = (error: unknown, _req, res, next) => {
    errors.push(error)
    if (res.headersSent) next(error)
    else res.status(500).end()
  }
  const app = express()
  app.set('trust proxy', trustProxy)
  app.use(...toHandlers(build(kit)), onError)
  return { listener: app, handled: () => handled, errors }
}

function toExchange(req: express5.Request, res: express5.Response): Exchange {
  const request: { auth?: Auth | undefined; body: unknown } = req
  return {
    message: req,
    response: res,
    findAuth: () => bearward.findAuth(req),
    get auth() {
      return request.auth
    },
    set auth(auth) {
      request.auth = auth
    },
    get body() {
      return request.body
    },
    set body(body) {
      request.body = body
    },
    answer: (status, content) => void res.status(status).json(content),
  }
}
