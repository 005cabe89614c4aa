import { fuzz } from './support/fuzz.js'
import { challenge } from './targets/challenges.js'
import { introspection, signedIntrospection } from './targets/introspection.js'

fuzz(introspection, signedIntrospection, challenge)
