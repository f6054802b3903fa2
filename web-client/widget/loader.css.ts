/** Lives in a shadow of its own: neither the page's styles nor ours get through. */
export const STYLE = `
:host { all: initial; --color: #1f6feb; --on-color: #fff; }
button, iframe { position: fixed; right: 20px; z-index: 2147483000; border: 0; }
:host([left]) button, :host([left]) iframe { right: auto; left: 20px; }
button {
  bottom: 20px; width: 60px; height: 60px; padding: 0; border-radius: 50%; cursor: pointer;
  background: var(--color); color: var(--on-color);
  box-shadow: 0 4px 16px rgb(0 0 0 / 28%);
}
button:focus-visible { outline: 3px solid var(--color); outline-offset: 3px; }
button[hidden], iframe[hidden], .badge[hidden] { display: none; }
svg {
  width: 28px; height: 28px; margin: auto; display: block; fill: none; stroke: currentcolor;
  stroke-width: 2; stroke-linecap: round; stroke-linejoin: round;
}
:host([open]) .bubble, :host(:not([open])) .cross { display: none; }
.badge {
  position: absolute; top: -4px; right: -4px; min-width: 22px; box-sizing: border-box;
  padding: 0 6px; border-radius: 11px; background: #c62828; color: #fff;
  font: 600 13px/22px system-ui, sans-serif; text-align: center;
}
iframe {
  bottom: 92px; width: 380px; height: min(620px, calc(100vh - 112px)); border-radius: 16px;
  background: transparent; color-scheme: normal; box-shadow: 0 8px 40px rgb(0 0 0 / 28%);
}
@media (max-width: 480px) {
  iframe, :host([left]) iframe {
    inset: 0; width: 100%; height: 100%; border-radius: 0; box-shadow: none;
  }
  :host([open]) button { display: none; }
}
`;
