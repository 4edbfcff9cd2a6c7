/** The kinds of system there are: what an endpoint that is asked for records may name as its adapter. */
export abstract class SystemKinds {
  /** Every kind the gateway can ask, by name. A shape more is a kind more, so it is read each time. */
  abstract names(): readonly string[];
}
