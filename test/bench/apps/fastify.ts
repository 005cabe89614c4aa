import { createPublicKey } from 'node:crypto'
import fastifyJwtPlugin from '@fastify/jwt'
import fastify, { type FastifyInstance } from 'fastify'
import { fetchKeys, STATS, type App } from './app.js'

export const bareFastify: App = {
  title: 'Fastify',
  bare: 'fastify',
  create: () => createApp(fastify()),
}

/** With its cache. It knows no key sets: the one key is brought before the first request. It knows no scopes. */
export const fastifyJwt: App = {
  title: 'Fastify, `@fastify/jwt`',
  bare: 'fastify',
  async create(source) {
    const [key = {}] = await fetchKeys(source)
    const app = fastify()
    await app.register(fastifyJwtPlugin, {
      secret: { public: createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }) },
      verify: {
        algorithms: ['RS256'],
        allowedIss: source.issuer,
        allowedAud: source.audience,
        checkTyp: 'at+jwt',
        cache: true,
      },
    })
    app.addHook('onRequest', async (request) => {
      await request.jwtVerify()
    })
    return createApp(app)
  },
}

async function createApp(app: FastifyInstance): Promise<Awaited<ReturnType<App['create']>>> {
  app.get('/stats', () => STATS)
  await app.ready()
  return (request, response) => {
    app.routing(request, response)
  }
}
