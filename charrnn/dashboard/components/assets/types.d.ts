// What the scripts are handed, by Streamlit, by Python and by one another. For the type checker alone (.ci/javascript).

/** What Streamlit gives a component each time that it is drawn. */
interface Streamlit {
  data: Uint8Array;
  parentElement: ShadowRoot | HTMLElement;
  setStateValue(name: string, value: unknown): void;
  setTriggerValue(name: string, value: unknown): void;
}

/** What the component returns to it: called when it is drawn again or taken away. */
type Leave = () => void;

type Context = CanvasRenderingContext2D;

/** A colour scale in 256 steps: for CSS, what to write on it, and for ImageData. */
interface Scale {
  fill: string[];
  ink: string[];
  pixel: Uint32Array;
}

interface Palette {
  text: string;
  muted: string;
  border: string;
  panel: string;
  accent: string;
  mark: string;
}

interface Colours extends Palette {
  background: string;
  right: Scale;
  signed: Scale;
  surprise: Scale;
}

interface Theme extends Colours {
  sans: string;
  mono: string;
  zoom: number;
}

type Numbers =
  | typeof Uint8Array | typeof Int8Array | typeof Uint16Array | typeof Int16Array | typeof Float32Array;

/** A message from Python (wire.py): what its header says is known to who reads it. */
interface Message {
  // biome-ignore lint/suspicious/noExplicitAny: JSON, whose type each component states
  header: any;
  take<Kind extends Numbers>(Kind: Kind, length: number): InstanceType<Kind>;
}

/** What follows a picture: the newest message is shown, whoever brings it. */
interface Followed {
  take(bytes: Uint8Array): void;
  leave(): void;
}

/** A component's place on the page (stage.js). */
interface Stage {
  root: HTMLDivElement;
  width: number;
  ready: boolean;
  theme: Theme;
  setStateValue(name: string, value: unknown): void;
  redraw(): void;
  show(bytes: Uint8Array): void;
  paint(): void;
}

/** A choice that both sides may change. */
interface Choice<Value> {
  value: Value;
  hear(value: Value): void;
  choose(value: Value): void;
}

/** Properties of an element to be made, and its attributes. */
type Made<Tag extends keyof HTMLElementTagNameMap> = Partial<Omit<HTMLElementTagNameMap[Tag], "style">> & {
  at?: Record<string, string>;
};

/** A likely character and its probability. */
type Guess = [character: string, probability: number];

/** Where the cells of a grid lie and how large it is, in CSS pixels before magnification. */
interface Size {
  names: number;
  cells: number;
  height: number;
}

/** Between two places from the left of a picture, in CSS pixels before magnification. */
type Span = [from: number, to: number];

/** A frame of cells in rows and columns (grid.js): what is drawn, told and picked in it. */
interface Picture<Cell> {
  file: string;
  alternative: string;
  picked: Cell | null;
  cardWidth: number;
  has(cell: Cell): boolean;
  measure(width: number): Size;
  cellAt(x: number, y: number): Cell | null;
  place(cell: Cell): { x: number; width: number; bottom: number };
  beside(cell: Cell | null, down: number, across: number): Cell;
  card(cell: Cell): (Node | string)[];
  say(cell: Cell): string;
  drawNames(context: Context, theme: Theme): void;
  /** At least what lies in the span. */
  drawCells(context: Context, theme: Theme, picked: Cell | null, hover: Cell | null, span: Span): void;
  drawLegend(context: Context, theme: Theme, picked: Cell | null): void;
}

/** The strip's guesses at one step, one a column; none where that step is still to come. */
interface Row {
  label: string;
  guess: string[];
  p: Uint8Array;
}

/** What a unit held at each column. */
interface Unit {
  name: string;
  values: Int16Array;
}

/** How far back the gradient of a pinned prediction reaches, and where the unroll cuts it off. */
interface Reach {
  column: number;
  weights: number[];
  cut: number;
}

/** The strip of one moment, column by column (reading_strip.js to strip_picture.js). */
interface Strip {
  text: string[]; // what came
  columns: number;
  rows: Row[]; // of earlier steps
  now: Row;
  surprise: Float32Array; // bits
  units: Unit[];
  likeliest(column: number): Guess[];
  reach: Reach | null;
  pinned: number | null;
}

/** A run's losses over its steps (replay), in nats per character; null where one is no number. */
interface Losses {
  steps: number[];
  smoothed: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  heldOut: [step: number, nats: number | null][];
  rivals: [name: string, nats: number][]; // the weakest first
}
