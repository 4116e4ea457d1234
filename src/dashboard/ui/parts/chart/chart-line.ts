export type ChartLine = { readonly series: string; readonly title: string }
