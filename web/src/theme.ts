import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from '@mantine/core';

const brand: MantineColorsTuple = [
  '#eef3ff',
  '#dce4f5',
  '#b9c7e2',
  '#94a8d0',
  '#748dc1',
  '#5f7cb8',
  '#5474b4',
  '#44639f',
  '#39588f',
  '#2d4b81',
];

/** Greys of the dark scheme with a trace of blue, so that cards and page are of one kind. */
const dark: MantineColorsTuple = [
  '#d3d8e0',
  '#bcc3ce',
  '#98a1af',
  '#717a88',
  '#414955',
  '#2f3640',
  '#20252c',
  '#16181d',
  '#121418',
  '#0d0f12',
];

export const theme = createTheme({
  primaryColor: 'brand',
  colors: { brand, dark },
  primaryShade: { light: 8, dark: 7 },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: '600' },
  defaultRadius: 'md',
  focusRing: 'auto',
  // Mantine's light variant puts shade 6 text on a 10 % tint (fails 4.5:1). Use shade 9 (light) / 2 (dark).
  variantColorResolver: (input) => {
    const base = defaultVariantColorsResolver(input);
    if (input.variant !== 'light' || !input.color || input.color.includes('.') || input.color.startsWith('#'))
      return base;
    return {
      ...base,
      color: `light-dark(color-mix(in srgb, var(--mantine-color-${input.color}-9), black 35%), var(--mantine-color-${input.color}-2))`,
    };
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Card: { defaultProps: { withBorder: true, padding: 'md', shadow: 'none' } },
    Table: { defaultProps: { verticalSpacing: 'xs', horizontalSpacing: 'md', highlightOnHover: true } },
    Modal: { styles: { title: { fontWeight: 600 } } },
    ActionIcon: { defaultProps: { size: 'lg', variant: 'subtle' } },
  },
});

/** AA contrast for secondary text: the default dimmed is 3.3:1 on white. */
export const cssVars: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#566070',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': '#b42318',
    '--cc-bad': '#c01f1f',
  },
  dark: {
    '--mantine-color-dimmed': '#a4adba',
    '--mantine-color-placeholder': '#9099a6',
    '--mantine-color-anchor': '#a9bbdf',
    '--mantine-color-error': '#ff9d9d',
    '--cc-bad': '#ff9d9d',
  },
});
