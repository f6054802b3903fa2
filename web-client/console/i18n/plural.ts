/** A number with its noun in the right form. */

export type Forms = { one: string; few?: string; many?: string; other: string };

const rules = { en: new Intl.PluralRules("en"), ru: new Intl.PluralRules("ru") };

export function plural(language: keyof typeof rules, n: number, forms: Forms): string {
  const kind = rules[language].select(n);
  const form = kind === "one" ? forms.one : kind === "few" ? forms.few : forms.many;
  return `${n} ${form ?? forms.other}`;
}
