/** The documents of the server, as docs/json.md lists them. */

export interface ModelStatus {
  name: string;
  family: string;
  n_layers: number;
  n_heads: number;
  d_model: number;
  context: number;
  loaded: boolean;
  examples: string[];
}

export interface Limits {
  max_tokens: number;
  max_characters: number;
  max_top: number;
  max_edges: number;
  finest_threshold: number;
  max_prompts: number;
  max_changes: number;
}

export interface Status {
  version: string;
  default_model: string;
  models: ModelStatus[];
  backends: string[];
  limits: Limits;
  demo: boolean;
}

/** Of what /api/models/{name} says, what an address is checked against. */
export interface ModelFacts {
  d_vocab: number;
  d_mlp: number;
  experts: { count: number; d_shared: number | null; layers: number[] } | null;
}

/** Of what /api/openapi.json says, what is for the page. */
export interface InterfaceDocument {
  info: { 'x-limpid-own-files': boolean };
}

export interface Token {
  position: number;
  id: number;
  text: string | null;
  piece: string | null;
}

export interface Prediction {
  id: number;
  text: string | null;
  logit: number;
  probability: number;
  rank: number;
}

export interface PositionPredictions {
  position: number;
  /** In nats; a file of one route does not tell it. */
  entropy?: number;
  top: Prediction[];
}

export interface ModelName {
  name: string;
  family: string;
  n_layers: number;
  n_heads: number;
  d_model: number;
  backend: string;
  sha256: string;
  limpid_version: string;
}

export interface Trace {
  id: string;
  model: ModelName;
  /** Whether there is a state between attention and MLP of a layer. */
  state_between: boolean;
  tokens: Token[];
  predictions: PositionPredictions[];
}

export type NodeKind = 'token' | 'after_attention' | 'mlp' | 'after_mlp';
export type EdgeKind = 'residual' | 'attention' | 'mlp_in' | 'mlp_out';

export interface RouteNode {
  id: string;
  kind: NodeKind;
  layer: number;
  position: number;
  flow: number;
}

export interface RouteEdge {
  from: string;
  to: string;
  kind: EdgeKind;
  weight: number;
  heads?: [number, number][];
}

export interface Route {
  position: number;
  nodes: RouteNode[];
  edges: RouteEdge[];
  source_flow: [number, number][];
  lost_flow?: { stopped: number; below_threshold: number; bias: number };
  stopped?: string[];
}

export interface Pruned {
  nodes: number;
  edges: number;
  max_edges: number;
  least: number;
}

export interface RoutesDocument {
  threshold: number;
  routes: Route[];
  pruned?: Pruned | null;
  /** Of the relevance route alone: what all shares are of. */
  value?: number;
}

export interface ContrastNode {
  id: string;
  kind: NodeKind;
  layer: number;
  position: number;
  towards: number;
  away: number;
}

export interface ContrastEdge {
  from: string;
  to: string;
  kind: string;
  towards: number;
  away: number;
}

export interface ContrastDocument {
  answer: Prediction;
  distractor: Prediction | null;
  logit: number;
  biases: number;
  nodes: ContrastNode[];
  edges: ContrastEdge[];
  lost: { towards: number; away: number };
  pruned?: Pruned | null;
}

export interface HeadRow {
  head: number;
  contribution: number;
  signed: number;
  attention: number;
  looks_at?: number;
}

export interface HeadsDocument {
  layer: number;
  position: number;
  heads: HeadRow[];
}

export interface MapsDocument {
  layer: number;
  head: number;
  first_row: number;
  attention: number[][];
  contribution: number[][];
}

export interface UpdateToken {
  id: number;
  text: string | null;
  logit: number;
}

export interface UpdateDocument {
  promoted: UpdateToken[];
  suppressed: UpdateToken[];
}

/** An expert as documents name it: by number, or the one that all positions go to. */
export type ExpertName = number | 'shared';

export interface Neuron extends UpdateDocument {
  expert?: ExpertName;
  neuron: number;
  contribution: number;
  activation: number;
}

export interface Expert extends UpdateDocument {
  expert: ExpertName;
  weight: number;
  probability: number | null;
  contribution: number;
  norm: number;
}

export interface NeuronsDocument {
  residual: number;
  /** Of a layer that has experts. */
  experts?: {
    residual: number;
    written: Expert[];
    passed: { expert: number; probability: number }[];
  };
  neurons: Neuron[];
}

export interface LensState {
  layer: number;
  state: 'resid_pre' | 'resid_mid' | 'resid_post';
  position: number;
  entropy: number;
  top: Prediction[];
  chosen?: Prediction;
}

export interface LensDocument {
  states: LensState[];
}

export interface Part {
  contribution: number;
  kept: number;
  weight: number;
}

export interface PartsDocument {
  node: string;
  residual: Part;
  keys: (Part & { key: number })[];
  mlp: Part | null;
  bias: number;
  below: number;
}

export interface SizesDocument {
  sizes: [number, number, number][];
}

export interface LogitsDocument {
  answer: Prediction;
  distractor: Prediction | null;
  logit: number;
  parts?: { part: string; layer?: number; head?: number; logit: number }[];
  contrast?: {
    tokens: { position: number; text: string | null; towards: number; away: number; net: number }[];
    biases: number;
    lost: { towards: number; away: number };
  };
}

export interface Recovered {
  value: number;
  recovered: number | null;
  probability: number;
  kl: number;
}

export interface FaithfulnessDocument {
  metric: string;
  ablation: string;
  full: number;
  empty: number;
  routes: {
    threshold: number;
    terms: number;
    mlps: number;
    fraction: number;
    kept: Recovered;
    removed: Recovered;
    random: { kept: { median: number; low: number; high: number } | null };
  }[];
}

export interface RoleRow {
  layer: number;
  head: number;
  roles: string[];
}

export interface RolesDocument {
  heads: RoleRow[];
}

export interface Outcome {
  answer: Prediction;
  distractor: Prediction | null;
  logit_difference: number | null;
  log_probability: number;
  kl: number;
  top: Prediction[];
}

export interface ChangesDocument {
  before: Outcome;
  after: Outcome;
}

export interface PromptsDocument {
  prompts: number;
  skipped: { prompt: number; message: string }[];
  heads: number[][];
  mlps: number[];
}

export interface GenerateDocument {
  text: string;
  /** The new ones. */
  tokens: Token[];
}
