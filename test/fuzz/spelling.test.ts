import { fuzz } from './support/fuzz.js'
import { credentials } from './targets/credentials.js'
import { base64url, compact, json } from './targets/spelling.js'

fuzz(credentials, base64url, json, compact)
