"""placeholder for the walk"""


def problems(application):
    return []


def answers_in_words(call, answers):
    return []
