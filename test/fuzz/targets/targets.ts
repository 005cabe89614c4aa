import type { Target } from '../support/target.js'
import { addressRange } from './address-ranges.js'
import { boundPipeline } from './bound-pipeline.js'
import { certificateField } from './certificate-fields.js'
import { challenge } from './challenges.js'
import { credentials } from './credentials.js'
import { freshness } from './freshness.js'
import { introspection, signedIntrospection } from './introspection.js'
import { keySet } from './key-sets.js'
import { metadata } from './metadata.js'
import { nonce } from './nonces.js'
import { pipeline } from './pipeline.js'
import { proof } from './proofs.js'
import { base64url, compact, json } from './spelling.js'
import { targetUri } from './target-uris.js'
import { claims, header } from './tokens.js'

/** All that is fuzzed, in the order in which a request meets it. */
export const TARGETS: readonly Target[] = [
  credentials,
  base64url,
  json,
  compact,
  header,
  claims,
  keySet,
  metadata,
  freshness,
  introspection,
  signedIntrospection,
  challenge,
  proof,
  nonce,
  targetUri,
  certificateField,
  addressRange,
  pipeline,
  boundPipeline,
]
