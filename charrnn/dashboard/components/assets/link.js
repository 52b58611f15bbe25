// A part of the page at its session's channel: nothing to see. It lies within the part, so that the browser asks for
// just that: requests for several parts add up, and one for the whole page outdoes them.

import { connect } from "./live.js";
import "./named.js";
import { unpack } from "./shared.js";

export default (/** @type {Streamlit} */ { data, setTriggerValue }) => {
  const { path, part } = unpack(data).header;
  connect(path, part, () => setTriggerValue("redraw", true));
};
