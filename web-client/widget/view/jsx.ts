/** What the compiler makes of an element: the package's own does much that a chat does not need. */

import { createElement, Fragment, type ComponentType } from "preact";

type Props = Record<string, unknown>;

export function jsx(type: string | ComponentType<Props>, props: Props, key?: string) {
  return createElement(type as ComponentType<Props>, key === undefined ? props : { ...props, key });
}

export { Fragment, jsx as jsxs };
