"""Ready-made probes for what many courses ask.

Each module looks at one thing through numbers alone: `transforms` at preprocessing pipelines, `losses`, `optimizers`,
`pretrained` weights, `feature_maps` and `visualization` at figures. Functions take arrays that came from the student
and give an `Opinion`; what has to be asked of the box is asked by the rubric. Where an opinion names a mistake, its
id is the one of `reference_models`.
"""
