import { fuzz } from './support/fuzz.js'
import { freshness } from './targets/freshness.js'
import { keySet } from './targets/key-sets.js'
import { metadata } from './targets/metadata.js'

fuzz(keySet, metadata, freshness)
