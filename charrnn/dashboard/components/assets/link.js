// The page's end of its session's channel: nothing to see.

import { connect } from "./live.js";
import { unpack } from "./shared.js";

const TIME = 30; // ms in which what is to be redrawn is gathered

let waiting = null;

export default ({ data, setTriggerValue }) => {
  const message = data.subarray(0, -2 - data[data.length - 2] - 256 * data[data.length - 1]);
  connect(unpack(message).header.path, (names) => {
    if (waiting) return names.forEach((name) => waiting.add(name));
    waiting = new Set(names);
    setTimeout(() => {
      setTriggerValue("redraw", [...waiting]);
      waiting = null;
    }, TIME);
  });
};
