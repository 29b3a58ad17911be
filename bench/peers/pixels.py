"""Decode, enhance and resize of one image for each line on stdin, by OpenCV on one thread: pixels.py FILE TIMES."""

import sys

import cv2
import numpy
from peer import serve

cv2.setNumThreads(1)
data = numpy.fromfile(sys.argv[1], numpy.uint8)
clahe = cv2.createCLAHE(clipLimit=0.8, tileGridSize=(8, 8))
gamma = numpy.floor(255 * (numpy.arange(256) / 255) ** (1 / 0.8)).astype(numpy.uint8)


def step():
    image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    light, a, b = cv2.split(cv2.cvtColor(image, cv2.COLOR_BGR2Lab))
    image = cv2.cvtColor(cv2.merge((clahe.apply(light), a, b)), cv2.COLOR_Lab2BGR)
    image = cv2.LUT(image, gamma)
    image = cv2.addWeighted(image, 3, cv2.GaussianBlur(image, (5, 5), 1), -2, 0)
    return cv2.resize(image, (image.shape[1] // 2, image.shape[0] // 2), interpolation=cv2.INTER_AREA)


serve(step, times=int(sys.argv[2]), note=lambda image: image.mean())
