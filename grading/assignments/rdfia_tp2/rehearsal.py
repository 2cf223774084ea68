"""Known submissions: the right sample written in other ways, and with the mistakes that students make."""

from grading.assignments.rdfia_tp2 import patches_2ab, patches_2cd

patches = [patches_2ab.patches, patches_2cd.patches]
