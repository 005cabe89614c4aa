import { expect } from '@jest/globals'
import { ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'
import { verdictOn } from '../../support/request.js'
import { verdictsOn } from '../../support/verdicts.js'

const servers = useServers()

ruleForEach(
  '9068-2.1-a',
  {
    'at+jwt': 'at+jwt',
    'at+JWT, as the example of the RFC has it': 'at+JWT',
    'application/at+jwt': 'application/at+jwt',
    'Application/AT+JWT': 'Application/AT+JWT',
  },
  'accepts the type %s',
  async (typ) => {
    const { authorizationServer, resourceServer } = servers()
    const token = await authorizationServer.mint({}, { header: { typ } })
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  },
)

ruleForEach(
  '9068-2.1-a',
  {
    JWT: 'JWT',
    'none at all': undefined,
    'id_token+jwt': 'id_token+jwt',
    'application/jwt': 'application/jwt',
    'application/application/at+jwt': 'application/application/at+jwt',
    'at+jwt with a space': 'at+jwt ',
    'at jwt': 'at jwt',
  },
  'refuses the type %s',
  async (typ) => {
    const verdicts = await verdictsOn(servers(), {}, { header: { typ } })
    expect(verdicts).toEqual(['ERR_TOKEN_TYPE', 'accepted'])
  },
)
